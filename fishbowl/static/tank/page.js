// Pages to read: their times by the visitor's clock. Without this they are the server's.

import { clock, markDays, showMoment } from "./words.js";

for (const time of document.querySelectorAll("time.moment")) showMoment(time);
for (const log of document.querySelectorAll(".log")) {
  for (const time of log.querySelectorAll("time")) time.textContent = clock(time.dateTime);
  if (log.querySelector(".divider.day")) markDays(log);
}
