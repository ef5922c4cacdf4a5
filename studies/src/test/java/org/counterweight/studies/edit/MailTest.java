package org.counterweight.studies.edit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailTest {
    @Test
    void theSubjectAndTheBeginningAreRead() {
        String message = """
                From someone@example.org  Thu Aug 22 12:36:23 2002
                Received: from a by b; Thu, 1 Aug 2002 07:36:16 -0400
                Date: Thu, 22 Aug 2002 18:26:25 +0700
                Subject: Re: a new   window

                --part
                Content-Type: text/html
                > what was said before
                <b>Hello</b>&nbsp;there, see http://example.org/a?b=c averyveryveryveryveryverylongwordindeed now
                """;
        assertThat(Mail.of(message, true))
                .contains(new Mail(LocalDate.of(2002, 8, 22), "Re: a new window Hello there, see now", true));
    }

    @Test
    void whatSaysNoDayOfThatYearIsLeftOut() {
        assertThat(Mail.of("Date: Thu, 22 Aug 1980 18:26:25\nSubject: a\n\nb", false))
                .isEmpty();
        assertThat(Mail.of("Subject: a\n\nDate: Thu, 22 Aug 2002 18:26:25", false))
                .isEmpty();
        assertThat(Mail.of("Date: 1 Feb 2002", false)).contains(new Mail(LocalDate.of(2002, 2, 1), "", false));
    }

    @Test
    void everyTextIsThereOnce(@TempDir Path directory) {
        var mails = Mail.read(TinyMails.write(directory));
        assertThat(mails.stream().map(Mail::text).distinct()).hasSameSizeAs(mails);
        assertThat(mails).hasSizeBetween(100, 240);
    }
}
