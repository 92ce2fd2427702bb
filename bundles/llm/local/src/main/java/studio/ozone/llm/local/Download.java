package studio.ozone.llm.local;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.egress.EgressException;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;
import studio.ozone.api.runtime.Progress;
import studio.ozone.runtime.json.Json;

/**
 * Fetches one model. What has come lies in {@code NAME.gguf.part}, and beside it, in {@code NAME.gguf.part.json}, what it is of: the same
 * URL with the same strong validator goes on where it broke off ({@code Range}, {@code If-Range}), anything else begins anew.
 */
final class Download {

    private static final Pattern HUB = Pattern.compile("hf:([A-Za-z0-9][\\w.-]*)/([A-Za-z0-9][\\w.-]*)/((?:[\\w.+-]+/)*[\\w.+-]+)");
    private static final Pattern POINTER = Pattern.compile("(?m)^oid sha256:([0-9a-f]{64})$");
    private static final Egress.Destination HOSTS = new Egress.Named("llm.local.pull_hosts");
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final Duration SILENCE = Duration.ofMinutes(1);
    private static final Duration TOTAL = Duration.ofDays(3);
    private static final long MOST = 1L << 42;

    private final Egress egress;
    private final ModelFolder folder;
    private final Progress progress;
    private final URI uri;
    private final URI pointer;
    private final String name;

    /**
     * @param reference an https URL or {@code hf:owner/repo/file.gguf}
     * @throws ProviderException INVALID if it is neither
     */
    Download(Egress egress, ModelFolder folder, String reference, Progress progress) throws ProviderException {
        this.egress = egress;
        this.folder = folder;
        this.progress = progress;
        Matcher hub = HUB.matcher(reference);
        try {
            if (hub.matches() && !reference.contains("/../") && !reference.contains("/./")) {
                String repository = "https://huggingface.co/" + hub.group(1) + "/" + hub.group(2);
                this.uri = new URI(repository + "/resolve/main/" + hub.group(3));
                this.pointer = new URI(repository + "/raw/main/" + hub.group(3));
            } else {
                this.uri = new URI(reference);
                this.pointer = null;
                if (!"https".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null || uri.getRawPath() == null || uri.getUserInfo() != null) {
                    throw wrong(reference);
                }
            }
        } catch (URISyntaxException e) {
            throw wrong(reference);
        }
        String path = uri.getPath();
        this.name = ModelFolder.nameOf(path.substring(path.lastIndexOf('/') + 1));
    }

    private static ProviderException wrong(String reference) {
        return new ProviderException(Code.INVALID, Client.shown(reference) + " is no reference to a model: hf:OWNER/REPO/FILE.gguf or https://HOST/…/FILE.gguf.");
    }

    String name() {
        return name;
    }

    URI uri() {
        return uri;
    }

    /**
     * What the server says the file's SHA-256 is; null where it does not. Hugging Face keeps a model's file under a pointer that holds it.
     */
    String told() throws ProviderException, InterruptedException {
        if (pointer == null) {
            return null;
        }
        try (Egress.Response response = send(pointer, Map.of(), 1 << 20)) {
            if (response.status() != 200) {
                throw status(response.status(), pointer);
            }
            Matcher found = POINTER.matcher(new String(response.body().readNBytes(4_096), StandardCharsets.UTF_8));
            return found.find() ? found.group(1) : null;
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** Fetches the file aside, or the rest of it. */
    Path fetch() throws ProviderException, InterruptedException {
        Path part = folder.aside(name);
        Path state = part.resolveSibling(part.getFileName() + ".json");
        try {
            long have = Files.exists(part) ? Files.size(part) : 0;
            String validator = have > 0 ? validator(state) : null;
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("Accept-Encoding", "identity");
            if (validator != null) {
                headers.put("Range", "bytes=" + have + "-");
                headers.put("If-Range", validator);
            }
            try (Egress.Response response = send(uri, headers, MOST)) {
                if (response.status() == 416 && validator != null && response.header("content-range") != null
                        && response.header("content-range").equals("bytes */" + have)) {
                    Files.deleteIfExists(state);
                    return part;     // all of it had come
                }
                boolean goesOn = response.status() == 206 && validator != null && begins(response, have);
                if (response.status() != 200 && !goesOn) {
                    throw status(response.status(), uri);
                }
                receive(response, part, state, goesOn ? have : 0);
            }
            Files.deleteIfExists(state);
            return part;
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private static boolean begins(Egress.Response response, long at) {
        String range = response.header("content-range");
        return range != null && range.startsWith("bytes " + at + "-");
    }

    private void receive(Egress.Response response, Path part, Path state, long from) throws IOException, ProviderException, InterruptedException {
        long rest = length(response);
        if (rest >= 0) {
            folder.room(rest);
        } else {
            Files.createDirectories(folder.folder());
        }
        String etag = response.header("etag");
        if (etag != null && !etag.startsWith("W/")) {
            Files.writeString(state, Json.write(Map.of("url", uri.toString(), "etag", etag)));
        } else {
            Files.deleteIfExists(state);
        }
        try (InputStream in = response.body(); FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            out.truncate(from);
            out.position(from);
            byte[] buffer = new byte[1 << 18];
            long done = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (done == 0 && from == 0 && read >= 4 && !new String(buffer, 0, 4, StandardCharsets.US_ASCII).equals("GGUF")) {
                    throw new ProviderException(Code.INVALID, uri + " is not a GGUF model: it does not begin with GGUF. Is it a page about the model?");
                }
                for (ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read); bytes.hasRemaining();) {
                    out.write(bytes);
                }
                done += read;
                progress.report("pulling", from + done >> 20, rest < 0 ? -1 : from + rest >> 20, "MiB " + name);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            if (rest >= 0 && done < rest) {
                throw new ProviderException(Code.FAILED, uri + " broke off after " + (from + done) + " of " + (from + rest)
                    + " bytes. The same command goes on from there.");
            }
        }
    }

    private static long length(Egress.Response response) {
        String length = response.header("content-length");
        return length != null && length.matches("\\d{1,18}") ? Long.parseLong(length) : -1;
    }

    /** The validator of what has come, if it came from the same place; null where it has to come anew. */
    private String validator(Path state) {
        try {
            Map<String, Object> json = Json.readObject(Files.readString(state));
            return uri.toString().equals(json.get("url")) && json.get("etag") instanceof String etag ? etag : null;
        } catch (IOException e) {
            return null;
        }
    }

    private Egress.Response send(URI from, Map<String, String> headers, long most) throws ProviderException, InterruptedException {
        if (egress == null) {
            throw new ProviderException(Code.UNAVAILABLE, "Nothing may be connected to: egress is not there (ozone-core capabilities).");
        }
        try {
            return egress.send(new Egress.Request(HOSTS, "GET", from, headers, Map.of(), null, "model pull", new Egress.Limits(CONNECT, SILENCE, TOTAL, most)));
        } catch (EgressException e) {
            throw new ProviderException(e.code() == EgressException.Code.REFUSED ? Code.INVALID : Code.FAILED, e.getMessage(), e);
        }
    }

    private static ProviderException status(int status, URI from) {
        return new ProviderException(Code.FAILED, from + " answered HTTP " + status + (status == 404 ? ": there is no such file. Are owner, repository and file right?"
            : status == 401 || status == 403 ? ": it may only be had after its terms were accepted there. Download it with a browser, then: ozone-core model add FILE"
            : status == 429 ? ": too many requests; try again later" : "") + ".");
    }

    private ProviderException broken(IOException e) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return new ProviderException(Code.FAILED, uri.getHost().toLowerCase(Locale.ROOT) + ": " + e.getMessage() + ". The same command goes on from there.", e);
    }
}
