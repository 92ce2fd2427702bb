package studio.ozone.web.access;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a request on TCP must look like before anybody asks who it is from. Pure functions. */
final class Rules {

    private static final Pattern HOST = Pattern.compile("(?i)(127\\.0\\.0\\.1|localhost|\\[::1])(:[0-9]{1,5})?");
    private static final Pattern LOCAL_TARGET = Pattern.compile("/([A-Za-z0-9_.~-][A-Za-z0-9_.~/-]*)?([?#][A-Za-z0-9_.~/=&%-]*)?");

    private Rules() {
    }

    /** Why a request is refused. */
    record Refusal(int status, String title, String detail) { }

    /**
     * Refuses what another site or another name in the browser could have sent. A page of another origin cannot set these headers.
     *
     * @param hosts all {@code Host} headers; must be one
     * @param serverName the name that the request line or the header has, without the port
     */
    static Optional<Refusal> check(List<String> hosts, String serverName, List<String> origins, List<String> fetchSites) {
        if (hosts.size() != 1 || !HOST.matcher(hosts.getFirst()).matches() || !HOST.matcher(serverName).matches()) {
            return Optional.of(new Refusal(421, "Foreign host",
                    "This instance answers to 127.0.0.1, localhost and [::1] only. Use one of these names in the address."));
        }
        for (String origin : origins) {
            if (!origin.equalsIgnoreCase("http://" + hosts.getFirst())) {
                return Optional.of(new Refusal(403, "Foreign origin", "Requests that pages of other origins send are refused."));
            }
        }
        for (String site : fetchSites) {
            if (!site.equals("same-origin") && !site.equals("none")) {
                return Optional.of(new Refusal(403, "Foreign origin", "Requests that pages of other sites send are refused."));
            }
        }
        return Optional.empty();
    }

    /** Whether a redirect to this target stays here. */
    static boolean local(String target) {
        return LOCAL_TARGET.matcher(target).matches();
    }

    /** Whether this path is for the command socket alone: who can open that may run code, so nothing is to serve it here. */
    static boolean socketOnly(String path) {
        return below(path, "/command") || below(path, "/shell");
    }

    static boolean below(String path, String root) {
        return path.equals(root) || path.startsWith(root + "/");
    }
}
