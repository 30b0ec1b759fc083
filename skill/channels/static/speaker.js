"use strict";
// Speaks, listens, plays. The page answers without this file too; nothing here calls anybody but the town hall.
const $ = (id) => document.getElementById(id);
const t = JSON.parse(document.body.dataset.texts), locale = document.body.dataset.locale;
const PATIENCE_MS = 15000, TWICE_MS = 1000, MOST_TURNS = 20;
const box = {
  get: (name) => { try { return localStorage.getItem(`mairie-${name}`); } catch { return null; } },
  set: (name, value) => { try { value === null ? localStorage.removeItem(`mairie-${name}`) : localStorage.setItem(`mairie-${name}`, value); return true; } catch { return false; } },
};
const form = $("ask"), field = $("text"), audio = $("audio"), speak = $("speak");
const voice = window.speechSynthesis, Ear = window.SpeechRecognition || window.webkitSpeechRecognition;
let session = JSON.parse(form.elements.session.value || "null"), playing = null, waiting = null, pace = "", turn = 0, busy = false;
let last = $("said").textContent, asked = { text: "", at: 0 };
field.required = false;

// Settings, kept on this device only.
$("settings").hidden = false;
$("aloud").checked = box.get("aloud") === "yes";
$("rate").value = box.get("rate") || "0.95";
if (!$("rate").value) $("rate").value = "0.95";
$("remember").checked = Boolean(box.get("user"));
$("remember").closest("p").hidden = !box.set("try", null);
$("aloud").onchange = () => { box.set("aloud", $("aloud").checked ? "yes" : "no"); voice?.cancel(); };
$("rate").onchange = () => box.set("rate", $("rate").value);
$("remember").onchange = () => box.set("user", $("remember").checked ? crypto.getRandomValues(new Uint32Array(5)).join("-") : null);
const user = () => box.get("user") || "";

// The voice. A sound that plays is quieter while somebody speaks, and then as loud as it was.
let loud = audio.volume, quiet = 0;
const hush = (on) => {
  quiet = Math.max(0, quiet + (on ? 1 : -1));
  if (on && quiet === 1) loud = audio.volume;
  audio.volume = quiet ? Math.min(loud, 0.15) : loud;
};
let saying = null;
const finished = (words) => { if (saying !== words) return; saying = null; hush(false); $("hush").hidden = true; };
const silence = () => { if (saying) finished(saying); voice?.cancel(); };
const say = (text) => {
  if (!voice || !text) return;
  silence();
  const words = new SpeechSynthesisUtterance(text);
  words.lang = locale;
  words.voice = voice.getVoices().find((v) => v.lang.replace("_", "-") === locale && v.localService) || null;
  words.rate = Number($("rate").value) * (pace === "slow" ? 0.8 : pace === "fast" ? 1.2 : 1);
  words.onend = words.onerror = () => finished(words);
  saying = words;
  hush(true);
  $("hush").hidden = false;
  voice.speak(words);
};
$("hear").hidden = !voice;
$("again").hidden = !last;
$("again").onclick = () => say(last || $("said").textContent);
$("hush").onclick = silence;

// One question, one answer: whatever comes after a newer question is not shown.
class Told extends Error {}
const post = async (path, data) => {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(data), signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.status === 429) throw new Told(t.many);
  if (!answer.ok && answer.status !== 503) throw new Told(t.offline);
  return answer.json();
};
const player = () => ({ token: playing?.token || "", offset_ms: Math.round(audio.currentTime * 1000), playing: Boolean(playing) && !audio.paused });
const show = (text, card = "") => {
  $("said").textContent = text;
  $("card").textContent = card;
  $("answer").classList.remove("empty");
  $("answer").scrollIntoView({ block: "nearest" });
};
const keep = () => {
  if (!last) return;
  const row = document.createElement("li"), was = document.createElement("em");
  was.textContent = $("asked").textContent;
  row.append(was, last);
  $("turns").prepend(row);
  while ($("turns").children.length > MOST_TURNS) $("turns").lastChild.remove();
  $("past").hidden = false;
  last = "";
};
const tell = (text, aloud) => { show(text); if (aloud) say(text); };
const ask = async (text, byEar = false) => {
  text = text.trim();
  if (!text || (busy && text === asked.text) || (text === asked.text && Date.now() - asked.at < TWICE_MS)) return;
  const mine = ++turn, aloud = byEar || $("aloud").checked;
  asked = { text, at: Date.now() };
  busy = true;
  keep();
  field.value = "";
  $("asked").textContent = text;
  $("answer").setAttribute("aria-busy", "true");
  const wait = setTimeout(() => { if (mine === turn) show(t.busy); }, 400);
  try {
    const answer = await post("/api/ask", { text, locale, session, user: user(), player: player() });
    if (mine !== turn) return;
    clearTimeout(wait);
    session = answer.session || session;
    pace = answer.rate || "";
    last = answer.speech || answer.error || "♪";
    show(last, answer.card?.text);
    $("again").hidden = !answer.speech;
    chips(answer.choices || []);
    obey(answer.audio);
    if (aloud) say(answer.speech);
  } catch (error) {
    if (mine !== turn) return;
    clearTimeout(wait);
    tell(error instanceof Told ? error.message : t.offline, aloud);
    asked.at = 0;
    field.value = field.value || text;
  } finally {
    clearTimeout(wait);
    if (mine === turn) { busy = false; $("answer").removeAttribute("aria-busy"); }
  }
};
form.addEventListener("submit", (event) => { event.preventDefault(); ask(field.value); });
$("chips").addEventListener("submit", (event) => { event.preventDefault(); ask(event.submitter.value); });
const chips = (names) => {
  const had = document.activeElement?.closest("#chips [data-choice]");
  for (const old of document.querySelectorAll("#chips [data-choice]")) old.remove();
  for (const name of [...names].reverse()) {
    const part = document.createElement("form"), button = document.createElement("button");
    part.dataset.choice = "";
    button.value = button.textContent = name;
    part.append(button);
    $("chips").prepend(part);
  }
  if (had) $("answer").focus({ preventScroll: true });
};

// Podcasts: in place; the first one after the page is opened goes on from where one was.
const own = (url) => url.startsWith(document.body.dataset.own) ? `/podcasts/${url.slice(document.body.dataset.own.length)}` : url;
const report = (event) => playing && post("/api/player", { event, token: playing.token, offset_ms: Math.round(audio.currentTime * 1000), user: user(), player: player() })
  .then((order) => obey(order.audio)).catch(() => {});
let near = "", kept = 0;
const start = (sound) => {
  const from = sound.offset_ms / 1000 || (playing ? 0 : Number(box.get(`at-${sound.token}`)) || 0);
  playing = sound;
  waiting = null;
  near = "";
  $("sound").hidden = false;
  $("what").textContent = sound.title || t.player;
  audio.src = own(sound.url);
  audio.onloadedmetadata = () => { if (from && from < audio.duration - 5) audio.currentTime = from; };
  audio.play().catch(() => {});
};
const obey = (order) => {
  if (!order) return;
  if (order.action === "stop") audio.pause();
  else if (order.action === "clear") waiting = null;
  else if (order.when === "now") start(order);
  else if (order.when === "instead" || order.previous === playing?.token) waiting = order;
};
audio.ontimeupdate = () => {
  if (!playing) return;
  if (audio.duration - audio.currentTime < 10 && near !== playing.token) { near = playing.token; report("nearly_finished"); }
  if (Math.abs(audio.currentTime - kept) < 5) return;
  kept = audio.currentTime;
  box.set(`at-${playing.token}`, String(Math.floor(kept)));
};
audio.onvolumechange = () => { if (!quiet) loud = audio.volume; };
audio.onplay = () => report("started");
audio.onpause = () => { if (!audio.ended) report("stopped"); };
audio.onended = () => { if (playing) box.set(`at-${playing.token}`, null); report("finished"); if (waiting) start(waiting); };
audio.onerror = () => { if (audio.src) { tell(t.offline, $("aloud").checked); report("failed"); } };

// The ear, where the browser has one. What went wrong is said, for those who do not see it.
if (Ear) {
  speak.hidden = false;
  const label = speak.lastElementChild;
  let ear = null;
  const rest = () => { if (ear) hush(false); ear = null; speak.setAttribute("aria-pressed", "false"); label.textContent = t.speak; };
  rest();
  speak.onclick = () => {
    if (ear) return ear.stop();
    silence();
    let heard = "", failed = "", stopped = false;
    const mine = (ear = new Ear());
    hush(true);
    ear.lang = locale;
    ear.interimResults = true;
    ear.onresult = (event) => { heard = [...event.results].map((r) => r[0].transcript).join(" "); field.value = heard; };
    ear.onerror = (event) => {
      stopped = event.error === "aborted";
      failed = { "not-allowed": t.nomic, "service-not-allowed": t.nomic, "audio-capture": t.nomic, network: t.offline }[event.error] || t.notheard;
    };
    const stop = ear.stop.bind(ear);
    ear.stop = () => { stopped = true; stop(); };
    ear.onend = () => {
      if (ear === mine) rest();
      if (heard) ask(heard, true);
      else if (!stopped) tell(failed || t.notheard, true);
    };
    speak.setAttribute("aria-pressed", "true");
    label.textContent = t.listening;
    try { ear.start(); } catch { rest(); tell(t.nomic, true); }
  };
}
