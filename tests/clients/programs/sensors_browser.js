// What a page does after the guide's snippet has made `sensors`.
(async () => {
  const events = [["$pageview", null], ["profile_set_once", null]], heard = [];
  for (let n = 0; n < 12; n++) {
    sensors.track("ViewProduct", { n, goods: "轮胎 225/45R17" });
    events.push(["ViewProduct", n]);
  }
  sensors.login("张三");
  sensors.setProfile({ city: "杭州" });
  sensors.track("PayOrder", { n: 0, amount: 399.5, $time: new Date("2026-11-01T08:00:00Z") });
  sensors.bind("$identity_mobile", "13800000000");
  events.push(["$SignUp", null], ["identify", null], ["PayOrder", 0], ["$BindID", null]);
  await fetch("/told", { method: "POST", body: JSON.stringify({ events, heard }) });
})();
