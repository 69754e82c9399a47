// Sets the theme that was chosen in this browser before anything is painted.
try {
  const theme = localStorage.getItem("flowright-theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off: the system's theme it is.
}
