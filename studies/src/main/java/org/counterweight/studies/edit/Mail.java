package org.counterweight.studies.edit;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextSet;

/**
 * A mail as its reader sees it in a list: the subject and how it begins.
 *
 * @param day on which it was sent, by its own word
 */
record Mail(LocalDate day, String text, boolean isSpam) {
    private static final int WORDS = 60;

    private static final Pattern DAY = Pattern.compile(
            "(?m)^Date:.*?\\b(0?[1-9]|[12]\\d|3[01]) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (2002)\\b");
    private static final Pattern SUBJECT = Pattern.compile("(?mi)^Subject:[ \\t]*(.*)$");
    private static final Pattern NO_TEXT = Pattern.compile("(?m)^(--|>|Content-).*$"); // parts' borders, quotations
    private static final Pattern MARKUP = Pattern.compile("<[^>]*>|&#?\\w{1,8};|https?://\\S+");
    private static final DateTimeFormatter WRITTEN = DateTimeFormatter.ofPattern("d MMM uuuu", Locale.ENGLISH);

    /** The mails of a directory, each text once, without those that were not sent in 2002 or say no day. */
    static List<Mail> read(Path directory) {
        LabelledTexts raw = TextSet.read(directory).train();
        Map<String, Mail> byText = new LinkedHashMap<>();
        for (int i = 0; i < raw.texts().size(); i++) {
            boolean isSpam = raw.labelNames().get(raw.labels()[i]).equals("spam");
            of(raw.texts().get(i), isSpam).ifPresent(mail -> byText.putIfAbsent(mail.text(), mail));
        }
        return List.copyOf(byText.values());
    }

    /** Of a whole message, headers and body. */
    static Optional<Mail> of(String message, boolean isSpam) {
        int end = message.indexOf("\n\n");
        String headers = end < 0 ? message : message.substring(0, end);
        Matcher day = DAY.matcher(headers);
        if (!day.find()) {
            return Optional.empty();
        }
        Matcher subject = SUBJECT.matcher(headers);
        String body = end < 0 ? "" : message.substring(end);
        String read = (subject.find() ? subject.group(1) : "") + "\n"
                + NO_TEXT.matcher(body).replaceAll("");
        String text = Stream.of(MARKUP.matcher(read).replaceAll(" ").trim().split("\\s+"))
                .filter(word -> word.length() <= 30)
                .limit(WORDS)
                .collect(Collectors.joining(" "));
        String sent = Integer.parseInt(day.group(1)) + " " + day.group(2) + " " + day.group(3);
        return Optional.of(new Mail(LocalDate.parse(sent, WRITTEN), text, isSpam));
    }
}
