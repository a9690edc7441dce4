const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY_TIME = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** "14:05" today, "3 Nov, 14:05" before; empty for what is no date. */
export function clock(at) {
  const date = new Date(at);
  if (!at || Number.isNaN(date.getTime())) return "";
  return date.toDateString() === new Date().toDateString() ? TIME.format(date) : DAY_TIME.format(date);
}

/** "45 s", "12 min", "3 h 20 min", "2 d 4 h" for a number of seconds. */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${Math.floor(hours / 24)} d`;
}
