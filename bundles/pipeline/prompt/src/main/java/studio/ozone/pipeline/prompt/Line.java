package studio.ozone.pipeline.prompt;

import java.util.ArrayList;
import java.util.List;

/**
 * The order in which questions came, kept until each has its place at its provider: several are worked on at once, and how long it takes to
 * find evidence differs. Whoever is before another in the line was handed on before it, or is worked on: nobody waits for one that waits
 * for a thread of theirs. Thread-safe.
 */
final class Line {

    private final List<Place> places = new ArrayList<>();

    /** A place in the line, for one question; closed for good when it has ended. */
    final class Place implements AutoCloseable {

        /** Null as long as nobody has begun to work on it. */
        private String provider;
        private boolean closed;

        /** The question is worked on, and goes to this provider. */
        void goesTo(String name) {
            synchronized (Line.this) {
                provider = name;
                Line.this.notifyAll();
            }
        }

        /** Lets those behind go first from now on. */
        void leave() {
            synchronized (Line.this) {
                places.remove(this);
                Line.this.notifyAll();
            }
        }

        /** Takes a place again, behind those that are worked on. */
        void again() {
            synchronized (Line.this) {
                int at = 0;
                while (at < places.size() && places.get(at).provider != null) {
                    at++;
                }
                if (!closed) {
                    places.add(at, this);
                }
            }
        }

        /** Waits until nobody is before it that goes to the same provider, or may. */
        void first() throws InterruptedException {
            synchronized (Line.this) {
                while (behind()) {
                    Line.this.wait();
                }
            }
        }

        private boolean behind() {
            return places.subList(0, Math.max(0, places.indexOf(this))).stream().anyMatch(other -> other.provider == null || other.provider.equals(provider));
        }

        @Override
        public void close() {
            synchronized (Line.this) {
                closed = true;
                leave();
            }
        }
    }

    /** A place that is not in the line yet. */
    Place place() {
        return new Place();
    }

    /** Takes a place at the end, and hands the question on before anybody else can come. */
    synchronized void join(Place place, Runnable handOn) {
        places.add(place);
        handOn.run();
    }
}
