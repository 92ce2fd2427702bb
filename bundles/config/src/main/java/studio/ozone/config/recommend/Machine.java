package studio.ozone.config.recommend;

/**
 * What matters of a machine to the tuning guide.
 *
 * @param cores physical cores that this process may use
 * @param memoryGib memory that this process may use, in whole GiB
 * @param disk kind of the disk that the data home lies on
 * @param diskGib size of that disk
 * @param gpu what could run layers of a model
 */
record Machine(Detected<Integer> cores, Detected<Integer> memoryGib, Detected<Disk> disk, Detected<Long> diskGib, Detected<Gpu> gpu) {

    enum Disk {
        NVME("NVMe SSD"), SSD("SSD"), ROTATING("rotating disk (HDD)");

        final String words;

        Disk(String words) {
            this.words = words;
        }
    }

    /**
     * @param name empty where there is none
     * @param memoryMib its own memory; 0 where it has none, or where that is not known
     */
    record Gpu(String name, long memoryMib) {

        static final Gpu NONE = new Gpu("", 0);

        boolean present() {
            return !name.isEmpty();
        }
    }
}
