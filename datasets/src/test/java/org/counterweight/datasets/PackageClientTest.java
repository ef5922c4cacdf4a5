package org.counterweight.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import org.counterweight.datasets.PackageClient.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a package manager says of a failure becomes its cause and what to do. */
class PackageClientTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    [ERROR] Failed to execute goal: Could not transfer artifact a:b:jar:1 from central: Unknown host repo.maven.apache.org | cannot be reached
                    npm ERR! code EAI_AGAIN | cannot be reached
                    npm error network request to https://registry failed, reason: connect ECONNREFUSED 127.0.0.1:9 | cannot be reached
                    E: Temporary failure resolving 'deb.debian.org' | cannot be reached
                    [ERROR] Could not find artifact org.x:nothing:jar:1 in central | has no such package
                    npm ERR! code E404 | has no such package
                    E: Unable to locate package nothing | has no such package
                    npm ERR! ENOSPC: no space left on device, write | the disk is full
                    [ERROR] The checksum of a.jar is wrong | The checksum of a.jar is wrong
                    """)
    void theCauseIsSaid(String output, String cause) {
        assertThat(new Outcome(1, output).why("mvn")).contains(cause).doesNotContain("[ERROR]", "npm ERR!");
    }

    @Test
    void aClientThatSaysNothingIsToldByItsStatus() {
        assertThat(new Outcome(3, "\n").why("npm")).isEqualTo("it ended with status 3");
    }
}
