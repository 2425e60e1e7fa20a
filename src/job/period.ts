// Periods that cron can tick: cron starts anew with each minute, hour and day, so a period divides one of them.

/** Six fields, seconds first; undefined for a period that no expression meets. */
export function cronOf(periodSeconds: number): string | undefined {
  const divides = (unitSeconds: number, whole: number): number | undefined => {
    const step = periodSeconds / unitSeconds;
    return Number.isInteger(step) && step >= 1 && step < whole && whole % step === 0 ? step : undefined;
  };
  const [seconds, minutes, hours] = [divides(1, 60), divides(60, 60), divides(3600, 24)];
  if (seconds !== undefined) return `*/${seconds} * * * * *`;
  if (minutes !== undefined) return `0 */${minutes} * * * *`;
  if (hours !== undefined) return `0 0 */${hours} * * *`;
  return periodSeconds === 86_400 ? "0 0 0 * * *" : undefined;
}
