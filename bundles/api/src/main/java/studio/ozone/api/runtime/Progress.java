package studio.ozone.api.runtime;

import org.osgi.annotation.versioning.ConsumerType;

/** Told how far long work has come. Called from the working threads, often; implementations thin it out and return fast. */
@ConsumerType
@FunctionalInterface
public interface Progress {

    /** Listens to nothing. */
    Progress NONE = (stage, done, total, detail) -> { };

    /**
     * @param stage what is going on, one word, for instance {@code reading} or {@code embedding}
     * @param done units finished
     * @param total units known so far; it may grow; -1 while unknown
     * @param detail what is being worked on, for instance a file's name; may be empty
     */
    void report(String stage, long done, long total, String detail);
}
