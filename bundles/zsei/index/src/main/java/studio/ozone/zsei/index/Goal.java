package studio.ozone.zsei.index;

import java.nio.file.Path;

/**
 * What an index is to be like. One that is like it need not be built again.
 *
 * @param shardSize 0 for a single index
 * @param model of the vectors; null while there are none
 */
record Goal(Path root, Settings.Shape shape, int shardSize, String model) {

    static Goal of(OpenIndex index) {
        return new Goal(index.root(), index.manifest().shape(), index.manifest().shardSize(), index.model());
    }

    /** For an operator. */
    @Override
    public String toString() {
        return shape.text() + (model == null ? "" : ", model " + model) + (shardSize == 0 ? "" : ", shards of " + shardSize);
    }
}
