"""One project on one page (项目档案): its panels, time limits, status history, and the card to print."""
