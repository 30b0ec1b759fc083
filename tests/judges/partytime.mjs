// Reads {name: xml} from standard input and gives what podcast-partytime, the parser of the Podcast Index, makes of each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

process.env.PARTYTIME_LOG = "silent";
const require = createRequire(import.meta.url);
const partytime = require("podcast-partytime");
const given = JSON.parse(readFileSync(0, "utf8"));
const out = {};
for (const [name, xml] of Object.entries(given)) {
  out[name] = partytime.parseFeed(xml) ?? null;
}
process.stdout.write(JSON.stringify(out));
