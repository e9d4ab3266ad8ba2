"""What a quote may begin with: the price that the supplier's solution and the need's budget agree on."""

from collections.abc import Sequence

from service.db.tables import Need, Solution


def fitting_solution(need: Need, solutions: Sequence[Solution]) -> Solution | None:
    """Of a supplier's solutions with a price the first of a kind that the need asks for, else the first."""
    priced = [each for each in solutions if each.price_min_won is not None]
    fitting = [each for each in priced if set(each.categories) & set(need.categories)]
    return next(iter(fitting or priced), None)


def suggested_price(budget_won: int | None, solution: Solution | None) -> int | None:
    """The budget, kept within what the solution costs; its least price where there is no budget."""
    if solution is None or solution.price_min_won is None:
        return budget_won
    if budget_won is None:
        return solution.price_min_won
    most = max(solution.price_max_won or budget_won, solution.price_min_won)
    return min(max(budget_won, solution.price_min_won), most)
