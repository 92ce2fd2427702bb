package studio.ozone.zsei.integrity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.care.Inspection.Finding;
import studio.ozone.api.care.Inspection.Kind;
import studio.ozone.api.care.Integrity.Part;
import studio.ozone.api.care.Integrity.Scan;
import studio.ozone.runtime.files.DurableFile;
import studio.ozone.runtime.json.Json;

/** What came of the last scan, on disk: {@code integrity.json} in the data home. It can be lost: then a scan is made. */
final class LastScan {

    private static final Logger LOG = LoggerFactory.getLogger(LastScan.class);

    private final Path file;

    LastScan(Path file) {
        this.file = file;
    }

    Optional<Scan> read() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Map<String, Object> map = Json.readObject(Files.readString(file));
            List<Part> parts = new ArrayList<>();
            for (Object part : (List<?>) map.get("parts")) {
                parts.add(part((Map<?, ?>) part));
            }
            List<Finding> left = new ArrayList<>();
            for (Object finding : (List<?>) map.get("left")) {
                Map<?, ?> one = (Map<?, ?>) finding;
                left.add(new Finding(kind(one.get("kind")), number(one, "container"), (String) one.get("message"), (Boolean) one.get("repairable")));
            }
            return Optional.of(new Scan(Instant.parse((String) map.get("began")), parts, left, number(map, "left_in_all")));
        } catch (IOException | ClassCastException | NullPointerException | IllegalArgumentException | DateTimeParseException e) {
            LOG.warn("What came of the last integrity scan cannot be read from {}, so there will be another one: {}", file, e.toString());
            return Optional.empty();
        }
    }

    private static Part part(Map<?, ?> map) {
        Map<Kind, Long> found = new EnumMap<>(Kind.class);
        ((Map<?, ?>) map.get("found")).forEach((kind, count) -> found.put(kind(kind), ((Number) count).longValue()));
        return new Part((String) map.get("name"), number(map, "looked"), found, number(map, "repaired"), ((Number) map.get("seconds")).doubleValue(),
                (String) map.get("problem"));
    }

    private static Kind kind(Object text) {
        return Kind.valueOf(((String) text).toUpperCase(Locale.ROOT));
    }

    private static long number(Map<?, ?> map, String name) {
        return ((Number) map.get(name)).longValue();
    }

    void write(Scan scan) {
        try {
            DurableFile.write(file, Json.pretty(scan) + "\n");
        } catch (IOException e) {
            LOG.warn("What came of the integrity scan cannot be kept in {}, so after a restart there will be another one: {}", file, e.toString());
        }
    }
}
