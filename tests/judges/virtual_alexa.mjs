// Listens to a podcast as npm's virtual-alexa does: `node judge.mjs <address of /alexa> <model.json>`; writes what happened as JSON.
import va from "virtual-alexa";
import { readFileSync } from "node:fs";

const [url, file] = process.argv.slice(2);
const model = JSON.parse(readFileSync(file, "utf8"));
for (const intent of model.interactionModel.languageModel.intents) intent.samples = []; // its reading of samples is thin in French
for (const type of model.interactionModel.languageModel.types) type.values = type.values.slice(0, 1);

const alexa = va.VirtualAlexa.Builder().interactionModel(model).skillURL(url).locale("fr-FR").create();
alexa.context().device().setID("echo");
alexa.filter((request) => {
  request.context.System.user.userId = "someone";
  request.context.System.device.supportedInterfaces = { AudioPlayer: {} };
});
const player = alexa.audioPlayer();
const out = [];
const note = (what, answer) => {
  const said = answer?.response?.outputSpeech?.ssml ?? "";
  const stream = player.playing()?.stream;
  out.push({ what, said, ends: answer?.response?.shouldEndSession ?? null, playing: player.isPlaying(), token: stream?.token, offset: stream?.offsetInMilliseconds, answer });
};

note("launch", await alexa.launch());
note("play", await alexa.intend("PlayPodcastIntent"));
player.playbackOffset(12_000);
note("pause", await alexa.intend("AMAZON.PauseIntent"));
note("resume", await alexa.intend("AMAZON.ResumeIntent"));
note("nearly finished", await player.playbackNearlyFinished());
note("finished", await player.playbackFinished());
note("next", await alexa.intend("AMAZON.NextIntent"));
note("stop", await alexa.intend("AMAZON.StopIntent"));
process.stdout.write(JSON.stringify(out));
