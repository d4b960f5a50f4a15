// @segment/analytics-node tells its story: URL and write key are given; what it sent is printed.
import { createRequire } from "node:module";
import { join } from "node:path";

const [url, key, modules] = process.argv.slice(2);
const { Analytics } = createRequire(join(modules, "x.js"))("@segment/analytics-node");
const events = [], heard = [];
const client = new Analytics({ writeKey: key, host: url, maxRetries: 10 });
client.on("error", (error) => heard.push(String(error.reason ?? error.code)));
for (let n = 0; n < 40; n++) {
  client.track({ anonymousId: "匿名-1", event: "浏览商品", properties: { n, goods: "轮胎 225/45R17" } });
  events.push(["浏览商品", n]);
}
client.page({ anonymousId: "匿名-1", category: "商城", name: "轮胎", properties: { n: 0 } });
client.identify({ userId: "张三", anonymousId: "匿名-1", traits: { name: "张三", city: "杭州" } });
client.track({
  userId: "张三", event: "下单", properties: { n: 0, amount: 399.5 }, timestamp: new Date("2026-11-01T08:00:00Z"),
});
client.group({ userId: "张三", groupId: "公司-9", traits: { name: "某公司" } });
client.alias({ previousId: "张三", userId: "老张" });
events.push(["page", 0], ["identify", null], ["下单", 0], ["group", null], ["alias", null]);
await client.closeAndFlush({ timeout: 60_000 });
console.log(JSON.stringify({ events, heard }));
