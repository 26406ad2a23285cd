// Going from A to B by itself. Where the reader asked for less motion, in a few steps with time to look at each.

const SECONDS = 4;
const STEPS = 10;
const STEP_SECONDS = 0.8;

export const between = (a, b, share) => a.map((value, axis) => value + share * (b[axis] - value));

export class Player {
  // onShare: called with the share of the way, 0 to 1. onStop: called when it ends or is stopped.
  constructor(onShare, onStop) {
    Object.assign(this, { onShare, onStop, running: 0 });
  }

  play(from) {
    const start = from >= 1 ? 0 : from;
    const running = ++this.running; // a later call makes this one stop
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let began = null;
    const frame = (now) => {
      if (running !== this.running) return;
      began ??= now;
      const seconds = (now - began) / 1000;
      const share = still
        ? Math.floor(start * STEPS + 1e-6 + seconds / STEP_SECONDS) / STEPS
        : start + seconds / SECONDS;
      this.onShare(Math.min(1, share));
      if (share >= 1) this.stop();
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  stop() {
    this.running++;
    this.onStop();
  }
}
