#include "ir/meeting_points.hpp"

#include <algorithm>

namespace dunlin::ir {

namespace {

using Node = std::uint32_t;
using Graph = std::vector<std::vector<Node>>;

Graph successor_graph(const Program& program) {
    Graph graph;
    for (const Routine& routine : program.routines) graph.push_back(successors(routine.terminator));
    return graph;
}

Graph reversed(const Graph& graph) {
    Graph result(graph.size());
    for (Node from = 0; from < graph.size(); ++from)
        for (Node to : graph[from]) result[to].push_back(from);
    return result;
}

void mark_from(const Graph& graph, Node start, std::vector<bool>& marked) {
    if (marked[start]) return;
    std::vector<Node> pending{start};
    marked[start] = true;
    while (!pending.empty()) {
        Node node = pending.back();
        pending.pop_back();
        for (Node next : graph[node]) {
            if (marked[next]) continue;
            marked[next] = true;
            pending.push_back(next);
        }
    }
}

// A depth-first walk over all nodes: the order in which they are finished, and the edges that go
// back to a node whose visit is still under way. Every circle has one.
struct Walk {
    std::vector<Node> finished;
    std::vector<std::pair<Node, Node>> returns;
};

Walk walk(const Graph& graph, Node start) {
    enum class Mark : std::uint8_t { Unseen, OnPath, Done };
    std::vector<Mark> marks(graph.size(), Mark::Unseen);
    std::vector<std::pair<Node, std::size_t>> path;  // and the next of its edges to follow
    Walk result;
    auto visit = [&](Node root) {
        if (marks[root] != Mark::Unseen) return;
        marks[root] = Mark::OnPath;
        path.emplace_back(root, 0);
        while (!path.empty()) {
            auto [node, edge] = path.back();
            if (edge == graph[node].size()) {
                marks[node] = Mark::Done;
                result.finished.push_back(node);
                path.pop_back();
                continue;
            }
            ++path.back().second;
            Node next = graph[node][edge];
            if (marks[next] == Mark::OnPath) result.returns.emplace_back(node, next);
            if (marks[next] != Mark::Unseen) continue;
            marks[next] = Mark::OnPath;
            path.emplace_back(next, 0);
        }
    };
    visit(start);
    for (Node node = 0; node < graph.size(); ++node) visit(node);
    return result;
}

// How good the best way on from a routine is; see the header.
enum class Rank : std::uint8_t { Halts, Meets, Loops, Ends };

std::vector<Rank> rank_routines(const Program& program, const Graph& graph, const Walk& ways) {
    Graph backwards = reversed(graph);
    std::vector<bool> meets(graph.size()), loops(graph.size()), ends(graph.size());
    for (Node node = 0; node < graph.size(); ++node) {
        Terminator::Kind kind = program.routines[node].terminator.kind;
        if (kind == Terminator::Kind::End) mark_from(backwards, node, ends);
        if (kind == Terminator::Kind::Collective) mark_from(backwards, node, meets);
    }
    for (auto [from, to] : ways.returns) mark_from(backwards, from, loops);
    std::vector<Rank> ranks(graph.size(), Rank::Halts);
    for (Node node = 0; node < graph.size(); ++node)
        ranks[node] = ends[node]    ? Rank::Ends
                      : loops[node] ? Rank::Loops
                      : meets[node] ? Rank::Meets
                                    : Rank::Halts;
    return ranks;
}

// The graph of the ways that count, with an exit for all. Nodes: the routines, one more for each
// routine where the turns of an endless loop come together (routine + count), and the exit.
Graph counting_ways(const Program& program) {
    Graph all = successor_graph(program);
    Walk ways = walk(all, 0);
    std::vector<Rank> ranks = rank_routines(program, all, ways);
    auto count = static_cast<Node>(all.size());
    Node exit = 2 * count;
    Graph graph(2 * std::size_t{count} + 1);
    for (Node node = 0; node < count; ++node)
        for (Node next : all[node])
            if (ranks[next] == ranks[node]) graph[node].push_back(next);
    for (auto [from, to] : ways.returns) {
        if (ranks[from] != Rank::Loops || ranks[to] != Rank::Loops) continue;
        Node turn_end = to + count;
        std::replace(graph[from].begin(), graph[from].end(), to, turn_end);
        graph[turn_end] = {to, exit};
    }
    for (Node node = 0; node < count; ++node)
        if (graph[node].empty()) graph[node].push_back(exit);
    return graph;
}

// Immediate post-dominators by the method of Cooper, Harvey and Kennedy: nodes in an order in which
// most successors come first, each taking the nearest common ancestor of its successors in the tree
// so far, until nothing changes.
std::vector<Node> immediate_post_dominators(const Graph& graph, Node exit) {
    constexpr Node kUnknown = ~Node{0};
    std::vector<Node> order = walk(reversed(graph), exit).finished;
    std::vector<std::size_t> position(graph.size());
    for (std::size_t i = 0; i < order.size(); ++i) position[order[i]] = i;
    std::vector<Node> parent(graph.size(), kUnknown);
    parent[exit] = exit;
    auto common = [&](Node a, Node b) {
        while (a != b) {
            while (position[a] < position[b]) a = parent[a];
            while (position[b] < position[a]) b = parent[b];
        }
        return a;
    };
    for (bool changed = true; changed;) {
        changed = false;
        for (auto node = order.rbegin(); node != order.rend(); ++node) {
            if (*node == exit) continue;
            Node meeting = kUnknown;
            for (Node next : graph[*node]) {
                if (parent[next] == kUnknown) continue;
                meeting = meeting == kUnknown ? next : common(meeting, next);
            }
            if (meeting == parent[*node]) continue;
            parent[*node] = meeting;
            changed = true;
        }
    }
    return parent;
}

}  // namespace

std::vector<std::optional<RoutineId>> meeting_points(const Program& program) {
    auto count = static_cast<Node>(program.routines.size());
    Node exit = 2 * count;
    std::vector<Node> parents = immediate_post_dominators(counting_ways(program), exit);
    std::vector<std::optional<RoutineId>> meeting(count);
    for (Node node = 0; node < count; ++node) {
        Node point = parents[node];
        if (point < count) meeting[node] = point;
        if (point >= count && point < exit) meeting[node] = point - count;
    }
    return meeting;
}

}  // namespace dunlin::ir
