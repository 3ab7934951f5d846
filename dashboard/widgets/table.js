// The table on the page: what tables.py has put into words, as rows that can be sorted and links that can be followed.
//
// Everything is set as text, never as markup: names in a log or a registry are somebody else's. Where a reader is within
// the page (what the table is sorted by, which row was opened last) is kept with the entry of the browser's history, so
// that it is there again on the way back and after a reload.

// Below 50 a bar is red, up to 80 it is yellow: from there on a score is a good one.
const SCORES = { min: 0, low: 50, high: 80, max: 100, optimum: 100 };
const DESCENDING_FIRST = new Set(["number", "instant", "meter", "course"]);

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".kz-table");
  root.kzData = data;
  root.kzSort = remembered("sorts")[data.id] ?? root.kzSort ?? null;
  if (root.kzSort !== null && !data.columns.some((column) => column.name === root.kzSort.column)) {
    root.kzSort = null;
  }
  draw(root);
  focusOnLastOpened(root);
}

function draw(root) {
  const { title, columns, rows } = root.kzData;
  const region = element("div", { class: "kz-scroll", role: "region", tabindex: "0", "aria-label": title });
  const table = element("table", {});
  const head = element("tr", {});
  columns.forEach((column) => head.append(heading(root, column)));
  table.append(element("thead", {}, head));
  const body = element("tbody", {});
  for (const row of order(root.kzSort, columns, rows)) {
    const line = element("tr", {});
    columns.forEach((column) => line.append(cell(root, column, row)));
    body.append(line);
  }
  table.append(body);
  region.append(table);
  root.replaceChildren(region);
}

// A heading is a button: what can be done with the mouse can be done with the keyboard.
function heading(root, column) {
  const sort = root.kzSort?.column === column.name ? root.kzSort.direction : "none";
  const arrow = { ascending: "↑", descending: "↓", none: "" }[sort];
  const button = element("button", { type: "button", "data-column": column.name }, column.label);
  if (column.help) {
    button.title = column.help;
    button.setAttribute("aria-description", column.help);
  }
  button.append(element("span", { class: "kz-arrow", "aria-hidden": "true" }, arrow));
  button.addEventListener("click", () => {
    root.kzSort = nextSort(root.kzSort, column);
    remember("sorts", { ...remembered("sorts"), [root.kzData.id]: root.kzSort });
    const place = root.querySelector(".kz-scroll").scrollLeft;
    draw(root);
    root.querySelector(".kz-scroll").scrollLeft = place;
    [...root.querySelectorAll("th button")].find((one) => one.dataset.column === column.name).focus();
  });
  return element("th", { scope: "col", "aria-sort": sort, class: `kz-${column.kind}` }, button);
}

// Three clicks lead back to the order in which the rows came: that order is part of the answer.
function nextSort(sort, column) {
  const first = DESCENDING_FIRST.has(column.kind) ? "descending" : "ascending";
  const second = first === "descending" ? "ascending" : "descending";
  if (sort?.column !== column.name) {
    return { column: column.name, direction: first };
  }
  return sort.direction === first ? { column: column.name, direction: second } : null;
}

// Rows by their places in the column, equal ones as they came, those without a value last whichever way.
function order(sort, columns, rows) {
  const all = Array.from({ length: rows }, (_, row) => row);
  if (sort === null) {
    return all;
  }
  const { places } = columns.find((column) => column.name === sort.column);
  const sign = sort.direction === "ascending" ? 1 : -1;
  return all.sort((one, other) => {
    if (places[one] === null || places[other] === null) {
      return (places[one] === null) - (places[other] === null) || one - other;
    }
    return sign * (places[one] - places[other]) || one - other;
  });
}

function cell(root, column, row) {
  const text = column.texts[row];
  const href = column.links?.[row];
  const made = element("td", { class: `kz-${column.kind}` });
  if (href) {
    made.append(link(root, href, text));
  } else if (column.kind === "badge" && column.colours[row]) {
    made.append(element("span", { class: `kz-is-${column.colours[row]}` }, text));
  } else if (column.kind === "list" && column.items[row].length > 0) {
    column.items[row].forEach((item) => made.append(element("span", { class: "kz-is-gray" }, item), " "));
  } else if (column.kind === "meter") {
    made.append(element("meter", { ...SCORES, value: column.values[row], "aria-hidden": "true" }), ` ${text}`);
  } else if (column.kind === "course" && column.series[row].length > 1) {
    made.append(course(column.series[row], text, column.colour));
  } else {
    made.textContent = text;
  }
  if (column.wide) {
    made.classList.add("kz-wide");
  }
  return made;
}

// A link is a link: it can be copied, and opened in another tab. Followed here, it becomes one entry of the history, which
// says all that the next page needs, and Streamlit goes there as it does when the reader comes back to an entry. (Its own
// st.switch_page makes two: the new filters on the page that is left, then the page.)
function link(root, href, text) {
  const here = window.location.pathname.replace(/\/+$/, "") || "/";
  const made = element("a", { href: new URL(href, window.location.origin + here).href }, text);
  made.addEventListener("click", (event) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
      return;
    }
    event.preventDefault();
    remember("opened", { id: root.kzData.id, href: made.href });
    window.history.pushState({}, "", made.href);
    window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  });
  return made;
}

// On the way back the reader stands where they left. A row may lead to the page that it is on, about another subject: then the
// table is there all the time, and has the row again only once the page has been drawn anew.
function focusOnLastOpened(root) {
  const opened = remembered("opened");
  const found = [...root.querySelectorAll("a")].find((one) => one.href === opened.href);
  if (opened.id === root.kzData.id && found !== undefined) {
    remember("opened", {});
    found.focus();
  }
}

function remembered(name) {
  return window.history.state?.[`koppelzicht.${name}`] ?? {};
}

function remember(name, value) {
  window.history.replaceState({ ...window.history.state, [`koppelzicht.${name}`]: value }, "");
}

function course(series, text, colour) {
  const [width, height] = [96, 24];
  const most = Math.max(...series, 1);
  const points = series.map((value, place) => {
    const x = (place / (series.length - 1)) * width;
    return `${x.toFixed(1)},${(height - (value / most) * (height - 2)).toFixed(1)}`;
  });
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = { role: "img", "aria-label": text, viewBox: `0 0 ${width} ${height}`, width, height };
  Object.entries(attributes).forEach(([name, value]) => picture.setAttribute(name, value));
  const area = document.createElementNS("http://www.w3.org/2000/svg", "polygon");
  area.setAttribute("points", `0,${height} ${points.join(" ")} ${width},${height}`);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  line.setAttribute("points", points.join(" "));
  area.style.fill = line.style.stroke = colour;
  picture.append(area, line);
  return picture;
}

function element(name, attributes, content) {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([attribute, value]) => made.setAttribute(attribute, value));
  if (content !== undefined) {
    made.append(content);
  }
  return made;
}
