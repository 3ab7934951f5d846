-- The percentile of a group with linear interpolation between neighbours. A name of our own, so that metrics read
-- the same on engines that spell it differently (on Spark `percentile` is built in and means the same).
create macro percentile(x, p) as quantile_cont(x, p)
