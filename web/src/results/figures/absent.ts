// Stands for libraries that jsPDF loads for pages of HTML, which figures are not.
export default {}
