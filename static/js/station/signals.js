// A verdict for the ear and the hand: two tones up is right, a low one is wrong; three short shakes are wrong.
const TONES = { right: [[880, 0.07], [1320, 0.09]], wrong: [[220, 0.28]], done: [[660, 0.08], [880, 0.08], [1320, 0.16]] };
let audio = null;
let free = 0;

function sound(tones) {
  try {
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume().catch(() => {});
    if (audio.currentTime < free - 0.5) return; // scans come faster than tones: the eye has it
    let at = Math.max(audio.currentTime, free);
    for (const [pitch, seconds] of tones) {
      const tone = audio.createOscillator(), volume = audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.2, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + seconds);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + seconds);
      at += seconds;
    }
    free = at;
  } catch {
    audio = null; // a device without sound still shows and shakes
  }
}

export function signal(kind) {
  sound(TONES[kind] ?? TONES.wrong);
  navigator.vibrate?.(kind === "wrong" ? [90, 60, 90, 60, 90] : kind === "done" ? [60, 40, 60] : 40);
}
