// What a page does after the guide's snippet has made `analytics`.
(async () => {
  const events = [["page", null]], heard = [];
  for (let n = 0; n < 12; n++) {
    analytics.track("浏览商品", { n, goods: "轮胎 225/45R17" });
    events.push(["浏览商品", n]);
  }
  await analytics.ready();
  await new Promise((resolve) => setTimeout(resolve, 500)); // so that what was done before names no user
  analytics.page("商城", "轮胎", { n: 0 });
  analytics.alias("老张", "张三"); // once somebody is identified, the client puts that user in the place of 老张
  analytics.identify("张三", { name: "张三", city: "杭州" });
  analytics.track("下单", { n: 0, amount: 399.5 }, { timestamp: new Date("2026-11-01T08:00:00Z") });
  analytics.group("公司-9", { name: "某公司" });
  events.push(["page", 0], ["alias", null], ["identify", null], ["下单", 0], ["group", null]);
  await fetch("/told", { method: "POST", body: JSON.stringify({ events, heard }) });
})();
