// Hears which files somebody has chosen.

/** `take(files)` gets them; those that were chosen before the page was ready count too. The field is free for the next. */
export function onFiles(field, take) {
  const hear = () => {
    const files = [...field.files]; // which are gone from there once it is free
    field.value = "";
    if (files.length > 0) take(files);
  };
  field.addEventListener("change", hear);
  hear();
}
