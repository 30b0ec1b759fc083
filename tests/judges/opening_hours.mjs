// Reads {id: {hours, days: ["2025-01-01", …]}} on stdin; writes {id: {day: [[open, close], …]}} by npm's opening_hours.
import opening_hours from "opening_hours";
import { readFileSync } from "node:fs";

const place = { lat: 48.82, lon: 2.27, address: { country: "France", country_code: "fr", state: "Île-de-France" } };
const two = (n) => String(n).padStart(2, "0");
const clock = (d) => `${two(d.getHours())}:${two(d.getMinutes())}`;
const input = JSON.parse(readFileSync(0, "utf8"));
const out = {};
for (const [id, { hours, first, last }] of Object.entries(input)) {
  const oh = new opening_hours(hours, place);
  const days = {};
  for (const day = new Date(`${first}T00:00:00`); day <= new Date(`${last}T00:00:00`); day.setDate(day.getDate() + 1)) {
    const end = new Date(day);
    end.setDate(end.getDate() + 1);
    const name = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
    days[name] = oh.getOpenIntervals(new Date(day), end).filter(([a]) => a >= day && a < end).map(([a, b]) => [clock(a), clock(b)]);
  }
  out[id] = days;
}
process.stdout.write(JSON.stringify(out));
