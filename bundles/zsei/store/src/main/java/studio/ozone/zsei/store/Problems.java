package studio.ozone.zsei.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

import jetbrains.exodus.OutOfDiskSpaceException;
import jetbrains.exodus.env.EnvironmentClosedException;

import studio.ozone.api.zsei.ZseiException;

/** Says in a user's words what went wrong below the store. */
final class Problems {

    private Problems() { }

    /** @param folder where the store lies */
    static ZseiException of(Throwable problem, Path folder) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof ZseiException known) {
                return known;
            }
            if (cause instanceof OutOfDiskSpaceException) {
                return new ZseiException(ZseiException.Code.DISK_FULL, "The disk that holds " + folder + " is full: nothing was written, and what "
                        + "was there before is unchanged. Free some space and try again", problem);
            }
            if (cause instanceof EnvironmentClosedException) {
                return new ZseiException(ZseiException.Code.CLOSED, "The store in " + folder + " is closed", problem);
            }
        }
        return new ZseiException(ZseiException.Code.STORE_UNAVAILABLE, message(problem, folder), problem);
    }

    private static String message(Throwable problem, Path folder) {
        String text = String.valueOf(problem.getMessage());
        return text.contains(folder.toString()) ? text : "The store in " + folder + " failed: " + text.lines().findFirst().orElse("");
    }

    /** Whether a write failed since there was no room for it. */
    static boolean isFull(IOException problem) {
        String text = reason(problem).toLowerCase(Locale.ROOT);
        return text.contains("no space left") || text.contains("quota exceeded") || text.contains("not enough space");
    }

    /** Why a file operation failed, without the name of the file. */
    static String reason(IOException problem) {
        return switch (problem) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "it does not exist";
            case FileAlreadyExistsException other -> "a file of the name " + other.getFile() + " is in the way";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> {
                String text = String.valueOf(problem.getMessage());
                int open = text.lastIndexOf('(');
                yield text.endsWith(")") && open >= 0 ? text.substring(open + 1, text.length() - 1) : text;
            }
        };
    }
}
