package studio.ozone.runtime.housekeeping;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Chore;
import studio.ozone.runtime.files.DurableFile;
import studio.ozone.runtime.json.Json;

/** The schedules on disk: {@code schedules.json} in the data home. Not thread-safe. */
final class ScheduleFile {

    /**
     * What is kept of a schedule.
     *
     * @param next when it is to run; what lies in the past when the instance starts was missed. Null if it never runs
     */
    record Entry(String id, Chore.Kind kind, String cron, Instant next, Instant last, String result) { }

    private final Path file;

    ScheduleFile(Path file) {
        this.file = file;
    }

    /** @throws CareException if it is there and cannot be read; it is left as it is */
    List<Entry> read() throws CareException {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            List<Entry> entries = new ArrayList<>();
            for (Object value : (List<?>) Json.readObject(Files.readString(file)).get("schedules")) {
                Map<?, ?> map = (Map<?, ?>) value;
                entries.add(new Entry((String) map.get("id"), Chore.Kind.valueOf(((String) map.get("kind")).toUpperCase(Locale.ROOT)),
                        Times.of((String) map.get("cron")).text(), moment(map.get("next")), moment(map.get("last")), (String) map.get("result")));
            }
            return entries;
        } catch (IOException | ClassCastException | NullPointerException | IllegalArgumentException | DateTimeParseException | CareException e) {
            throw new CareException("The schedules in " + file + " cannot be read, so nothing runs by the clock: " + e.getMessage()
                    + ". Mend the file, or move it away and make the schedules anew", e);
        }
    }

    private static Instant moment(Object text) {
        return text == null ? null : Instant.parse((String) text);
    }

    /** @throws CareException if it cannot be written: what was kept before is still there */
    void write(List<Entry> entries) throws CareException {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("schema", 1);
        whole.put("schedules", entries);
        try {
            DurableFile.write(file, Json.pretty(whole) + "\n");
        } catch (IOException e) {
            throw new CareException("The schedules cannot be kept in " + file + ": " + e.getMessage(), e);
        }
    }
}
