package studio.ozone.egress;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.egress.EgressException;
import studio.ozone.egress.ConnectionLog.End;

/** An answer whose body is handed on as it comes. */
final class OpenResponse implements Egress.Response {

    /** Closes the connection and keeps how it ended; what is said the second time counts no more. */
    @FunctionalInterface
    interface Ended {
        void as(End end, String outcome);
    }

    private final URI uri;
    private final int status;
    private final Map<String, List<String>> headers = new LinkedHashMap<>();
    private final InputStream body;

    private final Hop hop;
    private final Attempt attempt;
    private final long most;
    private final Ended ended;

    OpenResponse(URI uri, ClassicHttpResponse response, Hop hop, Attempt attempt, long most, Ended ended) throws IOException {
        this.uri = uri;
        this.status = response.getCode();
        this.hop = hop;
        this.attempt = attempt;
        this.most = most;
        this.ended = ended;
        for (Header header : response.getHeaders()) {
            headers.computeIfAbsent(header.getName().toLowerCase(Locale.ROOT), name -> new ArrayList<>()).add(header.getValue());
        }
        InputStream content = response.getEntity() == null ? null : response.getEntity().getContent();
        this.body = new Body(content == null ? InputStream.nullInputStream() : content);
        if (content == null) {
            close();
        }
    }

    @Override
    public URI uri() {
        return uri;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public Map<String, List<String>> headers() {
        return Collections.unmodifiableMap(headers);
    }

    @Override
    public InputStream body() {
        return body;
    }

    @Override
    public void close() {
        ended.as(End.ANSWERED, Integer.toString(status));
    }

    private final class Body extends InputStream {

        private final InputStream content;
        private final byte[] one = new byte[1];
        private boolean over;

        Body(InputStream content) {
            this.content = content;
        }

        @Override
        public int read() throws IOException {
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (over || length == 0) {
                return over ? -1 : 0;
            }
            int count;
            try {
                if (Thread.currentThread().isInterrupted()) {
                    throw interrupted();
                }
                count = content.read(bytes, from, length);
            } catch (IOException e) {
                throw failed(e);
            }
            if (count < 0) {
                over = true;
                OpenResponse.this.close();
            } else if (attempt.received(count) > most) {
                throw limit(hop.tooLarge());
            }
            return count;
        }

        @Override
        public int available() throws IOException {
            return over ? 0 : content.available();
        }

        /** The content's own close would read all that is still to come. */
        @Override
        public void close() {
            over = true;
            OpenResponse.this.close();
        }
    }

    private InterruptedIOException interrupted() {
        ended.as(End.FAILED, "interrupted");
        return new InterruptedIOException("Interrupted");
    }

    private IOException failed(IOException e) {
        if (e instanceof InterruptedIOException && Thread.currentThread().isInterrupted()) {
            return interrupted();
        }
        try {
            return limit(hop.failed(e));
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            return interrupted();
        }
    }

    private IOException limit(EgressException e) {
        ended.as(End.FAILED, Sender.outcome(e));
        return new IOException(e.getMessage(), e);
    }
}
