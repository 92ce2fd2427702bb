package studio.ozone.llm.local;

import java.util.List;

/**
 * A server that answers.
 *
 * @param start what it was started with
 * @param child its process; null for one that somebody else runs
 * @param program its path, or the URL of one that somebody else runs
 * @param model what a request names
 * @param context tokens, as it reports
 * @param facts what it said about itself
 */
record Running(Options.Start start, Child child, Client client, String program, String model, int context, List<String> facts) {

    boolean alive() {
        return child == null || child.alive();
    }
}
