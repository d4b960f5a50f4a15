// @rudderstack/rudder-sdk-node tells its story: URL and write key are given; what it sent is printed.
import { createRequire } from "node:module";
import { join } from "node:path";

const [url, key, modules] = process.argv.slice(2);
const RudderAnalytics = createRequire(join(modules, "x.js"))("@rudderstack/rudder-sdk-node");
const events = [], heard = [];
let settled = 0;
const settle = (error) => {
  settled += 1;
  if (error) heard.push(String(error));
};
process.on("unhandledRejection", (error) => heard.push(String(error)));
const client = new RudderAnalytics(key, { dataPlaneUrl: url, retryCount: 10, logLevel: "error" });
for (let n = 0; n < 45; n++) {
  client.track({ anonymousId: "匿名-1", event: "浏览商品", properties: { n, goods: "轮胎 225/45R17" } }, settle);
  events.push(["浏览商品", n]);
}
client.page({ anonymousId: "匿名-1", category: "商城", name: "轮胎", properties: { n: 0 } }, settle);
client.identify({ userId: "张三", anonymousId: "匿名-1", traits: { name: "张三", city: "杭州" } }, settle);
client.track({
  userId: "张三", event: "下单", properties: { n: 0, amount: 399.5 },
  originalTimestamp: new Date("2026-11-01T08:00:00Z"),
}, settle);
client.group({ userId: "张三", groupId: "公司-9", traits: { name: "某公司" } }, settle);
client.alias({ previousId: "张三", userId: "老张" }, settle);
events.push(["page", 0], ["identify", null], ["下单", 0], ["group", null], ["alias", null]);
while (settled < events.length) {
  await client.flush().catch(() => undefined); // whoever waits for its events has heard it
  await new Promise((done) => setTimeout(done, 50));
}
console.log(JSON.stringify({ events, heard }));
process.exit(0);
