package studio.ozone.zsei.index;

import java.util.List;
import java.util.Objects;

/** Numbers the states of the index, so that whoever keeps an answer can tell whether it would still be given. Thread-safe. */
final class States {

    private OpenIndex index;
    private Settings settings;
    private String model;
    private List<Long> versions;
    private long number;

    /** @param model the present embedder's; null where there is none */
    synchronized long number(OpenIndex nowIndex, Settings nowSettings, String nowModel) {
        List<Long> now = nowIndex == null ? null : nowIndex.folders().stream().map(Folder::version).toList();
        if (number == 0 || nowIndex != index || nowSettings != settings || !Objects.equals(nowModel, model) || !Objects.equals(now, versions)) {
            index = nowIndex;
            settings = nowSettings;
            model = nowModel;
            versions = now;
            number++;
        }
        return number;
    }
}
