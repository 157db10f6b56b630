/** True if a text holds what `git merge` leaves where it could not merge: an opening and a closing marker line. */
export const hasConflictMarkers = (text: string): boolean =>
  /^<{7}(?: |\r?$)/m.test(text) && /^>{7}(?: |\r?$)/m.test(text)
