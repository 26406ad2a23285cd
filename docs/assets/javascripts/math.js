// Material's document$ emits at every page, with instant navigation or without it.
document$.subscribe(() => {
  for (const article of document.querySelectorAll("article")) {
    renderMathInElement(article, {
      delimiters: [
        { left: "\\[", right: "\\]", display: true },
        { left: "\\(", right: "\\)", display: false },
      ],
      throwOnError: false,
    });
  }
});
