package import TerminalUI

/// Where the names of people stand beside their pointers: readable or not there, never one over the other.
///
/// A name stands to the right of its pointer, or to the left, or in a row nearby. It covers no pointer, no other name and not
/// the cell where one's own hand is. In a crowd what follows the name goes first, then the name.
package struct NameTags {
    /// A pointer on the screen and what could stand beside it, the best first.
    package struct Pointer {
        package let place: Point
        let texts: [String]

        package init(place: Point, texts: [String]) {
            self.place = place
            self.texts = texts
        }
    }

    /// A text and where it begins; in the order of the pointers, nil where there is no room.
    package private(set) var tags: [(text: String, place: Point)?] = []
    private var taken: Set<Point>

    package init(_ pointers: [Pointer], in area: Rect, except: [Point] = []) {
        taken = Set(pointers.map(\.place) + except)
        for pointer in pointers {
            var tag: (text: String, place: Point)?
            for text in pointer.texts where tag == nil {
                tag = fit(frameWidth(text), beside: pointer.place, in: area).map { (text, $0) }
            }
            tags.append(tag)
            if let tag { taken.formUnion(Self.cells(tag.place, frameWidth(tag.text))) }
        }
    }

    private static func cells(_ start: Point, _ width: Int) -> [Point] {
        (0..<width).map { Point(x: start.x + $0, y: start.y) }
    }

    private func fit(_ width: Int, beside place: Point, in area: Rect) -> Point? {
        Self.places(width, beside: place, in: area).first { start in
            start.x >= area.x && start.x + width <= area.endX && start.y >= area.y && start.y < area.endY
                && taken.isDisjoint(with: Self.cells(start, width))
        }
    }

    /// Nearby places, the nearest first.
    private static func places(_ width: Int, beside place: Point, in area: Rect) -> [Point] {
        let beneath = max(area.x, min(place.x, area.endX - width))
        return [Point(x: place.x + 1, y: place.y), Point(x: place.x - width, y: place.y)]
            + [1, -1, 2, -2, 3, -3].map { Point(x: beneath, y: place.y + $0) }
    }
}
