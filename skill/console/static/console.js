"use strict";
// Everything here makes the pages pleasanter; they all work without it.
const all = (what, from = document) => [...from.querySelectorAll(what)];

// What will be said, aloud.
if ("speechSynthesis" in window) {
  for (const button of all("[data-say]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      speechSynthesis.cancel();
      const words = new SpeechSynthesisUtterance(button.dataset.say);
      words.lang = button.dataset.lang;
      words.rate = 0.95;
      speechSynthesis.speak(words);
    });
  }
}

// Only the fields that a choice uses.
const follow = (form, name, attribute) => {
  const show = () => {
    const chosen = form.querySelector(`[name=${name}]:checked`);
    for (const part of all(`[data-${attribute}]`, form)) {
      part.hidden = chosen !== null && !part.dataset[attribute].split(" ").includes(chosen.value);
    }
  };
  form.addEventListener("change", (event) => event.target.name === name && show());
  show();
};
for (const form of all("form[data-notice]")) follow(form, "effect", "for");
for (const box of all("fieldset.hours")) follow(box, "mode", "mode");

// A last day before the first one follows it.
for (const first of all("[name=first]")) {
  const last = first.form.querySelector("[name=last]");
  if (!last) continue;
  let own = last.value !== first.value;
  last.addEventListener("input", () => { own = true; });
  first.addEventListener("input", () => { if (!own || last.value < first.value) last.value = first.value; });
}

// How many characters are left to be heard.
for (const area of all("[data-count]")) {
  const most = Number(area.dataset.count), note = document.createElement("span");
  note.className = "hint";
  const count = () => {
    const left = most - area.value.trim().length;
    note.textContent = left >= 0 ? `${left} caractères restent` : `${-left} caractères de trop : à l'oreille, on ne retient pas plus`;
  };
  area.after(note);
  area.addEventListener("input", count);
  count();
}

// What was found wrong, or what will be said, comes first to eye and ear.
addEventListener("load", () => (document.getElementById("erreurs") || document.getElementById("apercu"))?.focus());

// A form is sent once; what takes a moment says so.
for (const form of all("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => { if (event.submitter) event.submitter.textContent = "Un instant…"; }, 300);
  });
}
addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

// A sound goes up in parts: a broken line costs one of them.
for (const form of all("form[data-upload]")) {
  const file = form.querySelector("[name=sound]"), known = form.querySelector("[name=upload]"), box = form.querySelector("[data-progress]");
  const bar = box.querySelector("progress"), said = box.querySelector("[role=status]"), again = box.querySelector("[data-resume]");
  const token = form.querySelector("[name=csrf_token]").value, send = form.querySelector("[name=do]");
  let job = null, running = false;
  const tell = (text, failed = false) => { said.textContent = text; again.hidden = !failed; };
  const call = async (url, body, type) => {
    const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token, ...(type ? { "Content-Type": type } : {}) } });
    if (answer.status === 401) throw new Error("Votre session est finie. Reconnectez-vous dans un autre onglet, puis reprenez l'envoi.");
    const data = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(data.error || "Le serveur n'a pas pris ce morceau. Reprenez l'envoi.");
    return data;
  };
  const run = async () => {
    if (running || !job) return;
    running = true;
    send.disabled = true;
    again.hidden = true;
    try {
      if (!job.id) Object.assign(job, await call(form.dataset.upload, new URLSearchParams({ size: job.file.size })));
      while (job.got < job.parts) {
        const piece = job.file.slice(job.got * job.part, (job.got + 1) * job.part);
        job.got = Math.max(job.got + 1, (await call(`${form.dataset.upload}/${job.id}/${job.got}`, piece, "application/octet-stream")).got);
        bar.value = Math.round((100 * job.got) / job.parts);
        tell(`${bar.value} %`);
      }
      known.value = job.id;
      file.disabled = true; // it is there already: only its id goes with the form
      tell("Le son est arrivé. Vous pouvez publier.");
    } catch (error) {
      tell(error instanceof TypeError ? "La ligne est coupée. Reprenez l'envoi quand elle revient." : error.message, true);
    }
    running = false;
    send.disabled = false;
  };
  file.addEventListener("change", () => {
    const chosen = file.files[0];
    box.hidden = !chosen;
    if (!chosen) return;
    if (chosen.size > Number(form.dataset.most)) {
      tell(`Ce fichier fait ${Math.round(chosen.size / 1048576)} Mo : ${Math.round(form.dataset.most / 1048576)} au plus. Exportez le son en MP3 à 64 kilobits par seconde.`);
      file.value = "";
      return;
    }
    const title = form.querySelector("[name=title]");
    if (title && !title.value) title.value = chosen.name.replace(/\.[^.]*$/, "").replace(/[_-]+/g, " ");
    job = { file: chosen, got: 0, parts: 1 };
    run();
  });
  again.addEventListener("click", run);
}
