// The state of the explorer, in one place. Whoever shows a part of it is called once a frame, with the names of what changed.

export function makeStore(state) {
  const listeners = [];
  let changed = new Set();
  let asked = false;

  function frame() {
    asked = false;
    const names = changed;
    changed = new Set();
    for (const listener of listeners) listener(state, names);
  }
  return {
    state,
    subscribe: (listener) => listeners.push(listener),
    update(values) {
      for (const [name, value] of Object.entries(values)) {
        if (state[name] === value) continue;
        state[name] = value;
        changed.add(name);
      }
      if (!changed.size || asked) return;
      asked = true;
      requestAnimationFrame(frame);
    },
  };
}
