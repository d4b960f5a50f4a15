-- wrk: somebody at random with every request. The environment says how one is asked for: METHOD, BEFORE and AFTER the
-- number, AS "path" or "body", HEADER (name: value), PEOPLE.
local people, method, is_body = tonumber(os.getenv("PEOPLE")), os.getenv("METHOD"), os.getenv("AS") == "body"
local before, after, path = os.getenv("BEFORE"), os.getenv("AFTER"), os.getenv("ASKED")
local name, value = os.getenv("HEADER"):match("([^:]+): (.+)")
local headers = {[name] = value}
math.randomseed(tonumber(os.getenv("SEED")))

request = function()
  local asked = before .. math.random(0, people - 1) .. after
  if is_body then return wrk.format(method, path, headers, asked) end
  return wrk.format(method, asked, headers)
end

done = function(summary, latency)
  local bad = summary.errors.status + summary.errors.read + summary.errors.timeout + summary.errors.connect
  io.write(string.format("told %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), latency.max, bad))
end
