package studio.ozone.api.llm;

import java.nio.file.Path;
import java.util.List;

import org.osgi.annotation.versioning.ProviderType;

import studio.ozone.api.config.Origin;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.runtime.Progress;

/**
 * The model files of this machine. A model is called as its file is, without {@code .gguf}. Nothing in a file is believed before it was
 * checked. Thread-safe; an interrupt of the calling thread cancels, and what was downloaded by then stays for the next time.
 *
 * <p>Errors are {@link ProviderException}s: INVALID for a name, reference or file that cannot be taken, UNAVAILABLE for what is missing
 * or does not fit, FAILED for what went wrong.
 */
@ProviderType
public interface Models {

    /**
     * A file in the model folder.
     *
     * @param name what {@code use} takes
     * @param title what the model calls itself; foreign text
     * @param bytes the file's size
     * @param architecture for instance {@code llama}; empty where the file cannot be read
     * @param quantisation how most of its values are stored, for instance {@code Q4_K_M}
     * @param parameters values of all tensors together
     * @param layers blocks of the network; 0 where the file does not say
     * @param trainedContext tokens that it was trained for; 0 where the file does not say
     * @param chatTemplate whether it says how a conversation is written
     * @param neededBytes memory with the configured context: the file, the cache of keys and values, and room to compute
     * @param chosen whether it answers where a request names none
     * @param sha256 recorded when it came; null where nothing is recorded
     * @param source where it came from; null where nothing is recorded
     * @param problem null, or why it cannot be used
     */
    record Model(String name, String title, Path file, long bytes, String architecture, String quantisation, long parameters, long layers,
            long trainedContext, boolean chatTemplate, long neededBytes, boolean chosen, String sha256, String source, String problem) { }

    /**
     * A model with what is known about using it here.
     *
     * @param freeBytes memory that is free now; -1 where the system does not tell
     * @param guideBytes what the tuning guide asks for a model of this size
     * @param verified whether the file's SHA-256 was computed and is the recorded one; null where that was not asked for
     */
    record Shown(Model model, long freeBytes, long guideBytes, Boolean verified) { }

    /**
     * A server that has a model loaded, or is loading it.
     *
     * @param server the program's path, or the URL of one that somebody else runs
     * @param pid its process; -1 for one that somebody else runs
     * @param residentBytes its memory, the mapped file included; -1 where it is not known
     * @param cpuSeconds processor time since it started; NaN where it is not known
     * @param contextLength tokens, as it reports
     * @param busy requests that it works on
     * @param waiting requests in the queue
     * @param releasedInSeconds until it is let go if nobody asks; -1 while it is busy, and for one that somebody else runs
     * @param facts what it said about itself when it started, for instance {@code n_threads = 2}
     */
    record Loaded(String model, String server, long pid, long residentBytes, double cpuSeconds, int contextLength, int busy, int waiting,
            long releasedInSeconds, List<String> facts) { }

    /**
     * A kind of model, whether or not there is one.
     *
     * @param size parameters in words, for instance {@code 3B}
     * @param quantisation for instance {@code Q4_K_M}
     * @param neededBytes by the tuning guide's table, scaled by the bits of a value
     * @param fits whether that is free now
     */
    record Fit(String size, String quantisation, long neededBytes, boolean fits) { }

    /**
     * @param freeBytes memory that is free now; -1 where the system does not tell
     * @param gpu its name; null where none was found
     * @param gpuBytes its memory; 0 where it is not known or shared with the processor
     * @param gpuLayers layers that fit its memory by the guide's 100 MB each; 0 without a GPU, -1 where its memory is not known
     * @param fits by size, then by quantisation
     */
    record Advice(long freeBytes, String gpu, long gpuBytes, int gpuLayers, List<Fit> fits) { }

    /** All in the folder, by name; those that cannot be used say why. */
    List<Model> list() throws ProviderException;

    /**
     * One of them.
     *
     * @param verify whether to compute its SHA-256, which reads the whole file
     * @throws ProviderException INVALID if there is no such model, FAILED if the file is not what was recorded
     */
    Shown show(String name, boolean verify, Progress progress) throws ProviderException, InterruptedException;

    /**
     * Takes a copy of a file into the folder.
     *
     * @param force whether to take one that needs more memory than is free, or takes the place of another
     */
    Model add(Path file, boolean force, Progress progress) throws ProviderException, InterruptedException;

    /**
     * Downloads a model; one that was begun is continued.
     *
     * @param reference an https URL, or {@code hf:owner/repo/file.gguf}
     * @param sha256 what it has to be, 64 hexadecimal digits; null where nobody knows
     * @param force whether to take one that needs more memory than is free, or takes the place of another
     */
    Model pull(String reference, String sha256, boolean force, Progress progress) throws ProviderException, InterruptedException;

    /** Deletes a model's file and what is recorded about it; one that is loaded answers what it was asked and is let go first. */
    Model remove(String name) throws ProviderException, InterruptedException;

    /**
     * Makes it the one that answers where a request names none: sets {@code llm.local.default_model}.
     *
     * @param force whether to choose one that needs more memory than is free, which also sets {@code llm.local.memory_check} to false
     * @throws SettingsException if the configuration cannot be changed
     */
    Model use(String name, boolean force, Origin origin) throws ProviderException, SettingsException;

    /** What is loaded; starts nothing. */
    List<Loaded> ps();

    /** What fits this machine. May take a second, since it may ask the driver of a GPU. */
    Advice recommend();
}
