package org.counterweight.jobs.audit;

import java.util.List;

/** Texts that say little, to try words in where the user gives none. */
final class NeutralTexts {
    static final List<String> ALL = List.of(
            "the meeting starts at nine in the large room",
            "she put the box on the table near the window",
            "it was raining when we left the station",
            "he read the letter twice before he answered",
            "the shop on the corner opens at eight",
            "they walked along the river until it got dark",
            "there are three chairs and a lamp in the hall",
            "we had soup and bread for lunch",
            "the train to the north leaves from platform two",
            "my brother works in an office downtown",
            "please send the papers back by friday",
            "the road turns left behind the church",
            "i watched it last night with a friend",
            "the second part is longer than the first",
            "people were waiting in line outside",
            "this is the third time i have been here",
            "the story is about a man and his dog",
            "you can find the numbers on the last page",
            "the camera follows her through the house",
            "it takes about an hour to get there",
            "the children played in the garden all day",
            "he told me what he had seen that morning",
            "the new model is a little heavier than the old one",
            "we talked about the plan on the phone",
            "the book has twelve chapters and an index",
            "some of the scenes were filmed at night",
            "the water in the lake is cold in spring",
            "her office is on the fourth floor",
            "they changed the date of the concert",
            "the package arrived on tuesday afternoon",
            "he sat down and looked at the screen",
            "the first half is set in a small town");

    private NeutralTexts() {}
}
