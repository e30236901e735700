// Vertical marks at the surrender deadlines.
export function deadlineMarks(result, { t }, named = false) {
  return result.deadlines.map((day, i) => ({ kind: 'vline', at: Math.min(day, result.days.at(-1)), colour: 'grey', label: i === 0 && !named ? t('deadline') : undefined, text: named ? t('deadline') : undefined }));
}
