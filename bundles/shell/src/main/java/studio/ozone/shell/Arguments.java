package studio.ozone.shell;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.CommandException;

/**
 * Options behind the arguments. Karaf's own parser takes everything from the first argument on for arguments, so that
 * {@code search TEXT --k 5} would look for four words. Here options may stand anywhere; behind {@code --} there are none.
 */
final class Arguments {

    private static final String END = "--";

    private final Action action;
    private final Map<String, Field> options = new TreeMap<>();
    private Field list;

    private Arguments(Action action) {
        this.action = action;
        for (Class<?> type = action.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                Option option = field.getAnnotation(Option.class);
                if (option != null) {
                    options.put(option.name(), field);
                    Arrays.stream(option.aliases()).forEach(alias -> options.put(alias, field));
                } else if (field.getAnnotation(Argument.class) != null) {
                    list = field;
                }
            }
        }
    }

    /**
     * Moves the options among a command's arguments to their fields. The command has one list of arguments at most.
     *
     * @throws CommandException if there is no such option, or it lacks its value
     */
    static void sort(Action action) throws CommandException, IllegalAccessException {
        new Arguments(action).sort();
    }

    private void sort() throws CommandException, IllegalAccessException {
        if (list == null) {
            return;
        }
        list.setAccessible(true);
        List<String> arguments = new ArrayList<>();
        boolean ended = false;
        for (Iterator<String> words = strings(list.get(action)).iterator(); words.hasNext();) {
            String word = words.next();
            if (ended || word.length() < 2 || word.charAt(0) != '-') {
                arguments.add(word);
            } else if (word.equals(END)) {
                ended = true;
            } else {
                take(word, words);
            }
        }
        list.set(action, arguments.isEmpty() ? null : arguments);
    }

    private void take(String word, Iterator<String> words) throws CommandException, IllegalAccessException {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Field field = options.get(name);
        if (field == null) {
            throw new CommandException("There is no option '" + Style.line(name) + "'. There are " + String.join(", ", options.keySet())
                + ". Behind -- there are no options.");
        }
        field.setAccessible(true);
        if (field.getType() == boolean.class) {
            if (equals >= 0 && !word.substring(equals + 1).matches("true|false")) {
                throw new CommandException(name + " takes no value");
            }
            field.setBoolean(action, equals < 0 || Boolean.parseBoolean(word.substring(equals + 1)));
            return;
        }
        if (equals < 0 && !words.hasNext()) {
            throw new CommandException("Missing value for option: " + name);
        }
        String value = equals < 0 ? words.next() : word.substring(equals + 1);
        if (field.getType() == int.class) {
            try {
                field.setInt(action, Integer.parseInt(value));
            } catch (NumberFormatException e) {
                throw new CommandException(name + " takes a whole number, not '" + Style.line(value) + "'");
            }
        } else if (field.getType() == List.class) {
            List<String> values = new ArrayList<>(strings(field.get(action)));
            values.add(value);
            field.set(action, values);
        } else {
            field.set(action, value);
        }
    }

    private static List<String> strings(Object list) {
        return list instanceof List<?> values ? values.stream().map(String::valueOf).toList() : List.of();
    }
}
