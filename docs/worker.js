// Browsers give no workers to pages that are opened as files. There, what the search's worker does is done in a hidden frame.
if (location.protocol === "file:") {
  window.Worker = class {
    onmessage = null;
    #frame = document.createElement("iframe");
    #loaded;

    constructor(address) {
      this.#frame.hidden = true;
      document.body.append(this.#frame);
      const inside = this.#frame.contentWindow;
      inside.postMessage = (data) => this.#told(structuredClone(data));
      const script = inside.document.createElement("script");
      script.src = new URL(address, document.baseURI).href;
      this.#loaded = new Promise((resolve) => script.addEventListener("load", () => resolve(inside)));
      inside.document.body.append(script);
    }

    // As between workers, both sides get copies: neither changes what the other holds.
    postMessage(data) {
      const copy = structuredClone(data);
      this.#loaded.then((inside) => inside.onmessage({ data: copy }));
    }

    #told(data) {
      setTimeout(() => this.onmessage?.({ data }));
    }

    terminate() {
      this.#frame.remove();
    }
  };
}
