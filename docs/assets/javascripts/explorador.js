// The explorer is a page of its own: its scripts are loaded there alone, from beside this one.
const scripts = document.currentScript.src;
document$.subscribe(() => {
  const explorer = document.querySelector(".explorer");
  if (explorer) import(new URL("explorador/main.js", scripts)).then(({ connect }) => connect(explorer));
});
