/**
 * Milliseconds of a .NET TimeSpan as host.json has them: `[d.]hh:mm:ss[.fffffff]`.
 * https://learn.microsoft.com/dotnet/standard/base-types/standard-timespan-format-strings
 */
export function parseTimeSpan(text: string): number | undefined {
  const found =
    /^(?:(?<days>\d+)\.)?(?<hours>\d{1,2}):(?<minutes>\d{1,2})(?::(?<seconds>\d{1,2}(?:\.\d{1,7})?))?$/.exec(
      text.trim(),
    )?.groups
  if (found === undefined) return undefined
  const { days = '0', hours = '0', minutes = '0', seconds = '0' } = found
  return Math.round((((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000)
}
