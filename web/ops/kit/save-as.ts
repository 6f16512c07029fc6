/** Hands a text to the browser as a download. */
export function saveAs(title: string, csv: string): void {
  // The mark at the front makes spreadsheets read it as UTF-8.
  const url = URL.createObjectURL(new Blob(["\ufeff", csv], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `holdfast ${title}.csv`.replace(/[\s/\\:]+/g, "-");
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
